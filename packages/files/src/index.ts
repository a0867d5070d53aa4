export { AppendedFile } from './appendedFile.js';
export { cacheDir } from './cacheDir.js';
export { FileError, type FileErrorCode, isDiskFull } from './fileError.js';
export { ownerMark, ownerOf } from './ownerMark.js';
export { lockRunFolder, type RunLock, runLockOwner } from './runLock.js';
export { expandHome, userPath } from './userPath.js';
export { writeFileAtomic } from './writeFileAtomic.js';
