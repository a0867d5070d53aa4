import { installEngine,tensorflowInstallation } from './index.js';
void (async()=>{console.log(await installEngine({log:console.log}), tensorflowInstallation());})();
