import type { RemoteFile } from '../fetch/download.js';

/** One split of the fixed binarization: its file, and how many images of which size are in it. */
export interface AmatFile extends RemoteFile {
  rows: number;
  height: number;
  width: number;
}

export interface BinarizedMnistFiles {
  train: AmatFile;
  valid: AmatFile;
  test: AmatFile;
}

const address = 'http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/';

function amatFile(split: string, rows: number, sha256: string): AmatFile {
  const name = `binarized_mnist_${split}.amat`;
  return { name, url: address + name, rows, height: 28, width: 28, bytes: rows * 28 * 28 * 2, sha256 };
}

/** The binarization of Salakhutdinov and Murray (2008) as Larochelle distributes it. */
export const binarizedMnistFiles: BinarizedMnistFiles = {
  train: amatFile('train', 50_000, 'ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d'),
  valid: amatFile('valid', 10_000, '1de3d397c40fe8eeb33dafd4099a1f665ec01e96d9be234aaeeac8a34930e2e2'),
  test: amatFile('test', 10_000, 'e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c'),
};
