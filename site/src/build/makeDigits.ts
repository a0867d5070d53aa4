// Makes digits.png again from the dataset: node --conditions=@pixelrnn/source --import tsx site/src/build/makeDigits.ts
import { fileURLToPath } from 'node:url';
import { loadBinarizedMnist } from '@pixelrnn/data';
import { writeFileAtomic } from '@pixelrnn/files';
import { digitsFile, encodeDigits, realDigits } from './digits.js';

const images = realDigits(await loadBinarizedMnist({ kind: 'fixed' }));
await writeFileAtomic(fileURLToPath(digitsFile), encodeDigits(images));
