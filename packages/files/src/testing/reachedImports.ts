import { readFileSync } from 'node:fs';

/** Names of all packages that a TypeScript file reaches through its own package's files, types aside; sorted. */
export function reachedImports(file: URL): string[] {
  return [...reached(file, new Set())].sort();
}

function reached(file: URL, seen: Set<string>): Set<string> {
  seen.add(file.href);
  const outside = new Set<string>();
  const text = readFileSync(file, 'utf8');
  for (const [, type, name = ''] of text.matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)';/gms)) {
    if (type) continue;
    if (!name.startsWith('.')) outside.add(name);
    else {
      const next = new URL(name.replace(/\.js$/, '.ts'), file);
      if (!seen.has(next.href)) for (const found of reached(next, seen)) outside.add(found);
    }
  }
  return outside;
}
