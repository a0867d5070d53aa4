export { reachedImports } from './reachedImports.js';
export { suiteFolder, temporaryFolder } from './temporaryFolder.js';
