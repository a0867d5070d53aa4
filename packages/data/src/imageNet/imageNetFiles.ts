import type { FileSpec } from '../fetch/verifiedFile.js';

export type ImageNetSize = 32 | 64;
export type ImageNetSplit = 'train' | 'valid';

/** One of the published versions: its files of a split, in order, and how many images they hold together. */
export interface PublishedSplit {
  files: readonly FileSpec[];
  count: number;
}

type PublishedImageNet = Record<ImageNetSize, Record<ImageNetSplit, PublishedSplit>>;

export interface ImageNetFiles {
  original: PublishedImageNet;
  resampled: PublishedImageNet;
}

const file = (name: string, bytes: number, sha256: string): FileSpec => ({ name, bytes, sha256 });

/** Small ImageNet as the papers used it (withdrawn from its page), and as it is distributed today, resampled. */
export const imageNetFiles: ImageNetFiles = {
  original: {
    32: {
      train: {
        count: 1_281_149,
        files: [
          file(
            'train_32x32.tar',
            4_113_018_880,
            '244a323d48f8d72f65ad8b54658c01fed68d2d7bdc77ccb43da58c11e94224e5',
          ),
        ],
      },
      valid: {
        count: 49_999,
        files: [
          file(
            'valid_32x32.tar',
            161_474_560,
            '862e559462b24cf736212a19f6b0d47b55c2dc8ebdaa95ccecfe71260124c8f7',
          ),
        ],
      },
    },
    64: {
      train: {
        count: 1_281_149,
        files: [
          file(
            'train_64x64.tar',
            12_112_588_800,
            'e2a2c1947a748d0d256e98e6d82800d855441dc9e4de2e71a773f1324c4524d7',
          ),
        ],
      },
      valid: {
        count: 49_999,
        files: [
          file(
            'valid_64x64.tar',
            477_255_680,
            'eeac03ec4f585baf871d2b4cb9c974bfe345e74878a74e5820fe6eb1041629cd',
          ),
        ],
      },
    },
  },
  resampled: {
    32: {
      train: {
        count: 1_281_167,
        files: [
          file(
            'Imagenet32_train_npz.zip',
            3_580_435_279,
            '94226337ecc1b0309d9fcd0167127aaadc931587035fbcb53925235edbaec4fc',
          ),
        ],
      },
      valid: {
        count: 50_000,
        files: [
          file(
            'Imagenet32_val_npz.zip',
            139_697_668,
            '013990e6dec1237dcd1f9beadbab81ead6604cc119af5cacbfb59ae28148377a',
          ),
        ],
      },
    },
    64: {
      train: {
        count: 1_281_167,
        files: [
          file(
            'Imagenet64_train_part1_npz.zip',
            6_783_426_789,
            '9422dc1dc5d092e9814a70a1cb7fc74880d2db5d88a0cb8a34ee363b12bde3f1',
          ),
          file(
            'Imagenet64_train_part2_npz.zip',
            6_780_506_068,
            '9fafc115afb7e6c301e66dc16b2d737152b427bd5dab26e1293487a6819c7f30',
          ),
        ],
      },
      valid: {
        count: 50_000,
        files: [
          file(
            'Imagenet64_val_npz.zip',
            529_522_927,
            'e1e75133158a1924135a9c6f97a80d2d237b158945e0b34074e58e6c8430eeb8',
          ),
        ],
      },
    },
  },
};
