// `pnpm complete`: see its --help.
import { runCommand } from './generation/command.js';
import { completeCommand } from './generation/completeCommand.js';

await runCommand('complete', completeCommand);
