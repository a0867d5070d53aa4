import { signatureHelp, type ts } from '../tslab.js';

type Parts = ts.SymbolDisplayPart[] | undefined;

/** Plain text of a doc comment: `{@link Thing}` reads `Thing`, `{@link Thing words}` reads `words`. */
function plain(parts: Parts): string {
  let text = '';
  let name = '';
  for (const part of parts ?? []) {
    if (part.kind === 'linkName') {
      name = part.text;
    } else if (part.kind === 'linkText') {
      // What follows the name: words of its own, or the `()` of a function. Where the name is unknown, all of it is here.
      const words = part.text.replace(/^[\s|]+/, '').trimEnd();
      name = name === '' || (words !== '' && !words.startsWith('(')) ? words : name + words;
    } else if (part.kind === 'link') {
      // A brace: nothing is collected at the opening one.
      text += name;
      name = '';
    } else {
      text += part.text;
    }
  }
  return text;
}

/** TypeScript's parser takes the brace after `@throws` for a type's, and ends the tag before `@link`; the lines join them again. */
function tagLines(tags: ts.JSDocTagInfo[]): string[] {
  return tags
    .map(({ name, text }) => `@${name} ${plain(text)}`.trimEnd())
    .join('\n')
    .replace(
      /\{\s*@link\w*\s+([^\s|}]+)[\s|]*([^}]*)\}/g,
      (_, to: string, words: string) => words.trim() || to,
    )
    .split('\n');
}

const joined = (...blocks: string[]) => blocks.filter(Boolean).join('\n\n');

/** A text for plain displays and one in Markdown. */
export interface Inspection {
  plain: string;
  markdown: string;
}

function inspection(signature: string, documentation: Parts, tags: ts.JSDocTagInfo[] = []): Inspection {
  const words = plain(documentation);
  const lines = tagLines(tags);
  return {
    plain: joined(signature, words, lines.join('\n')),
    markdown: joined(
      `\`\`\`typescript\n${signature}\n\`\`\``,
      words,
      lines.map((line) => line.replace(/^(@\w+)/, '- **$1**')).join('\n'),
    ),
  };
}

const glued = (parts: Parts) => (parts ?? []).map(({ text }) => text).join('');

export function describeQuickInfo({ displayParts, documentation, tags }: ts.QuickInfo): Inspection {
  return inspection(glued(displayParts), documentation, tags);
}

/** All overloads, each with its documentation. */
export function describeSignatures({ items }: ts.SignatureHelpItems): Inspection {
  const all = items.map((item) => {
    const separator = glued(item.separatorDisplayParts);
    const parameters = item.parameters.map((parameter) => glued(parameter.displayParts)).join(separator);
    const signature = glued(item.prefixDisplayParts) + parameters + glued(item.suffixDisplayParts);
    return inspection(signature, item.documentation, item.tags);
  });
  return {
    plain: joined(...all.map(({ plain }) => plain)),
    markdown: joined(...all.map(({ markdown }) => markdown)),
  };
}

/**
 * What is at a position: the name there, else the function whose arguments are being written, so that `f(` and `f(a, `
 * describe `f`.
 * @param quickInfo what tslab's converter says; it has just seen this code
 */
export function inspectAt(
  quickInfo: ts.QuickInfo | undefined,
  folder: string,
  position: number,
): Inspection | undefined {
  if (quickInfo) return describeQuickInfo(quickInfo);
  const signatures = signatureHelp(folder, position);
  return signatures && describeSignatures(signatures);
}
