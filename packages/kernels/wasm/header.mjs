// Writes src/wasm/kernelsHeader.ts: the structs and functions of cpp/kernels.h, fields and parameters by name.
//   header.mjs           writes it
//   header.mjs --check   fails where the committed one is not what kernels.h says
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const header = new URL('../cpp/kernels.h', import.meta.url);
const output = new URL('../src/wasm/kernelsHeader.ts', import.meta.url);
/** Given by no caller: the module runs on the calling thread. */
const omitted = { struct: 'pixelrnn_executor', parameter: 'executor' };
/** A field's bytes in WebAssembly's memory. */
const word = 4;
const lineWidth = 110;

function fail(what) {
  throw new Error(`${what}. Teach wasm/header.mjs to read it, or write cpp/kernels.h differently.`);
}

const camelCase = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** Declarations without comments, directives and the types of functions. */
function declarationsOf(header) {
  return header
    .replace(/\/\/.*$/gm, '')
    .replace(/^#.*$/gm, '')
    .replace(/typedef void \(\*\w+\)\([^)]*\);/g, '');
}

/** Each struct's fields in their order, of a struct in it that one's fields. */
function readStructs(declarations) {
  const structs = new Map();
  for (const [, body, name] of declarations.matchAll(/typedef struct \{([^}]*)\} (\w+);/g)) {
    if (name === omitted.struct) continue;
    const fields = [];
    for (const declaration of body.split(';').map((part) => part.trim().replace(/\s+/g, ' '))) {
      if (declaration === '') continue;
      const [, type, names] =
        /^((?:const )?\w+)((?: |\*).*)$/.exec(declaration) ?? fail(`field '${declaration}'`);
      for (const each of names.split(',').map((part) => part.trim())) {
        const [, pointer, field] = /^(\**) ?(\w+)$/.exec(each) ?? fail(`field '${each}' of ${name}`);
        if (pointer || type === 'int32_t') fields.push({ name: camelCase(field) });
        else if (structs.has(type)) fields.push({ name: camelCase(field), fields: structs.get(type) });
        else fail(`field '${each}' of ${name} has the type ${type}`);
      }
    }
    structs.set(name, fields);
  }
  return structs;
}

/** The functions, their parameters and whether each is an address. */
function readFunctions(declarations) {
  const functions = [];
  for (const [, type, name, list] of declarations.matchAll(/^(\w+) (pixelrnn_\w+)\(([^)]*)\);/gm)) {
    const parameters = list
      .split(',')
      .map((part) => /^(.*[ *])(\w+)$/s.exec(part.trim()) ?? fail(`parameter '${part}' of ${name}`))
      .map(([, type, parameter]) => ({ name: camelCase(parameter), address: type.includes('*') }));
    functions.push({ name, parameters, result: type === 'void' ? 'void' : 'number' });
  }
  return functions;
}

/** Lines of an object of byte offsets from `begin` on, and the offset behind it. */
function offsets(fields, begin, indent) {
  const lines = [];
  let at = begin;
  for (const field of fields) {
    if (field.fields) {
      const inner = offsets(field.fields, at, `${indent}  `);
      lines.push(`${indent}${field.name}: {`, ...inner.lines, `${indent}},`);
      at = inner.end;
    } else {
      lines.push(`${indent}${field.name}: ${at},`);
      at += word;
    }
  }
  return { lines, end: at };
}

function arrayLines(name, items) {
  const whole = `  ${name}: [${items.map((item) => `'${item}'`).join(', ')}],`;
  if (whole.length <= lineWidth) return [whole];
  return [`  ${name}: [`, ...items.map((item) => `    '${item}',`), '  ],'];
}

function signatureLines({ name, parameters, result }) {
  const members = parameters
    .filter((parameter) => parameter.name !== omitted.parameter)
    .map((parameter) => `${parameter.name}: ${parameter.address ? 'Address' : 'number'}`);
  const whole = `  ${name}(given: { ${members.join('; ')} }): ${result};`;
  if (whole.length <= lineWidth) return [whole];
  return [`  ${name}(given: {`, ...members.map((member) => `    ${member};`), `  }): ${result};`];
}

/** The module of TypeScript for a header of C. */
export function moduleOf(header) {
  const declarations = declarationsOf(header);
  const structs = [...readStructs(declarations)].map(([name, fields]) => ({
    name,
    ...offsets(fields, 0, '    '),
  }));
  const functions = readFunctions(declarations);
  return `${[
    '// Written by wasm/header.mjs from cpp/kernels.h.',
    '',
    "/** A place in the module's memory; 0 is null. */",
    'export type Address = number;',
    '',
    '/** The byte at which each field of a struct begins; a field is an int32 or an address. */',
    'export const structs = {',
    ...structs.flatMap(({ name, lines }) => [`  ${name}: {`, ...lines, '  },']),
    '} as const;',
    '',
    '/** Bytes of a struct. */',
    'export const structBytes = {',
    ...structs.map(({ name, end }) => `  ${name}: ${end},`),
    '} as const;',
    '',
    '/** The functions, arguments by name; the executor is always null. */',
    'export interface Kernels {',
    ...functions.flatMap(signatureLines),
    '}',
    '',
    '/** The names of their parameters in the order of C. */',
    'export const parameters: Readonly<Record<keyof Kernels, readonly string[]>> = {',
    ...functions.flatMap(({ name, parameters }) =>
      arrayLines(
        name,
        parameters.map((parameter) => parameter.name),
      ),
    ),
    '};',
  ].join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const written = moduleOf(readFileSync(header, 'utf8'));
  if (process.argv[2] !== '--check') {
    writeFileSync(output, written);
  } else if (readFileSync(output, 'utf8') !== written) {
    console.error(
      'src/wasm/kernelsHeader.ts is not what cpp/kernels.h says: run wasm/header.mjs and commit it',
    );
    process.exit(1);
  }
}
