// `pnpm site`: see its --help.
import { runSite } from './siteCommand.js';

process.exitCode = await runSite(process.argv.slice(2));
