// `pnpm notebooks run|new|check`: see its --help.
import { execute } from './generation/command.js';
import { notebooksCommand } from './notebooks/notebooksCommand.js';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
const code = await execute('notebooks', notebooksCommand(interrupt.signal), process.argv.slice(2));
process.exitCode = interrupt.signal.aborted ? 130 : code;
