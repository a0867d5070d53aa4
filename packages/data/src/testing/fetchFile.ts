// A process of its own that fetches a file: fetchFile.ts <url> <folder> <name> <bytes> <sha256>
import { download } from '../fetch/download.js';

const [url, folder, name, bytes, sha256] = process.argv.slice(2) as [string, string, string, string, string];
await download({
  file: { url, name, bytes: Number(bytes), sha256 },
  folder,
  attempts: 1,
  onProgress: (progress) => process.stdout.write(`${progress.bytes}\n`),
});
