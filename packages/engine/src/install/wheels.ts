/** One wheel of the Python package index: what to ask for, and what must arrive. */
export interface Wheel {
  readonly project: string;
  readonly version: string;
  /** Platform tag that the package index knows the wheel by. */
  readonly tag: string;
  /** Size of the wheel. */
  readonly bytes: number;
  readonly sha256: string;
  /** Version of Python that it is made for; default 3.12. */
  readonly python?: string;
}

/** The wheels that together hold one libtensorflow. */
export interface WheelSet {
  /** Version of libtensorflow. */
  readonly tensorflow: string;
  readonly wheels: readonly Wheel[];
  /** Size of the files that are unpacked from them, rounded up. */
  readonly unpackedBytes: number;
}

const version = '2.21.0';

function cudaWheel(project: string, version: string, tag: string, bytes: number, sha256: string): Wheel {
  return { project, version, tag, bytes, sha256 };
}

/**
 * libtensorflow per platform, `-gpu` for the build with CUDA: pinned, so that every machine computes with the same
 * one. To move to another version: `pip download` the wheels, then write down size and `pip hash`.
 */
export const wheelSets: Readonly<Record<string, WheelSet>> = {
  'linux-x64': {
    tensorflow: version,
    unpackedBytes: 855e6,
    wheels: [
      {
        project: 'tensorflow-cpu',
        version,
        tag: 'manylinux_2_27_x86_64',
        bytes: 274_000_871,
        sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
      },
    ],
  },
  'linux-arm64': {
    tensorflow: version,
    unpackedBytes: 885e6,
    wheels: [
      {
        project: 'tensorflow',
        version,
        tag: 'manylinux_2_27_aarch64',
        bytes: 281_946_471,
        sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
      },
    ],
  },
  'darwin-arm64': {
    tensorflow: version,
    unpackedBytes: 742e6,
    wheels: [
      {
        project: 'tensorflow',
        version,
        tag: 'macosx_12_0_arm64',
        bytes: 223_488_205,
        sha256: '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
      },
    ],
  },
  'linux-x64-gpu': {
    tensorflow: version,
    unpackedBytes: 5_730e6,
    wheels: [
      {
        project: 'tensorflow',
        version,
        tag: 'manylinux_2_27_x86_64',
        bytes: 572_611_111,
        sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
      },
      // What tensorflow[and-cuda] asks for, in the versions that pip chose on the day of pinning.
      cudaWheel(
        'nvidia-cublas-cu12',
        '12.9.3.13',
        'manylinux_2_27_x86_64',
        581_217_458,
        'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
      ),
      cudaWheel(
        'nvidia-cuda-cupti-cu12',
        '12.8.90',
        'manylinux2014_x86_64',
        10_248_621,
        'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
      ),
      cudaWheel(
        'nvidia-cuda-nvcc-cu12',
        '12.9.86',
        'manylinux2010_x86_64',
        40_546_229,
        '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
      ),
      cudaWheel(
        'nvidia-cuda-nvrtc-cu12',
        '12.9.86',
        'manylinux2010_x86_64',
        89_568_129,
        '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
      ),
      cudaWheel(
        'nvidia-cuda-runtime-cu12',
        '12.9.79',
        'manylinux2014_x86_64',
        3_493_179,
        '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
      ),
      cudaWheel(
        'nvidia-cudnn-cu12',
        '9.28.0.42',
        'manylinux_2_27_x86_64',
        716_538_495,
        '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
      ),
      cudaWheel(
        'nvidia-cufft-cu12',
        '11.4.1.4',
        'manylinux2014_x86_64',
        200_877_592,
        'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
      ),
      cudaWheel(
        'nvidia-curand-cu12',
        '10.3.10.19',
        'manylinux_2_27_x86_64',
        68_295_626,
        '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
      ),
      cudaWheel(
        'nvidia-cusolver-cu12',
        '11.7.5.82',
        'manylinux_2_27_x86_64',
        338_117_415,
        '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
      ),
      cudaWheel(
        'nvidia-cusparse-cu12',
        '12.5.10.65',
        'manylinux2014_x86_64',
        366_465_088,
        '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
      ),
      cudaWheel(
        'nvidia-nccl-cu12',
        '2.32.3',
        'manylinux_2_27_x86_64',
        351_526_311,
        'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
      ),
      cudaWheel(
        'nvidia-nvjitlink-cu12',
        '12.9.86',
        'manylinux2010_x86_64',
        39_748_338,
        'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
      ),
    ],
  },
};

/** Clang for machines without a C++ compiler, per platform. */
export const zigWheels: Readonly<Record<string, Wheel>> = {
  'linux-x64': zigWheel(
    'manylinux_2_12_x86_64',
    101_083_562,
    'ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54',
  ),
  'linux-arm64': zigWheel(
    'manylinux_2_17_aarch64',
    98_063_064,
    'b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e',
  ),
  'darwin-arm64': zigWheel(
    'macosx_13_0_arm64',
    100_390_379,
    '09953b6af7f64168b915180a42774f520f92d86ef6331b28e33915c7e1f0bb23',
  ),
};

function zigWheel(tag: string, bytes: number, sha256: string): Wheel {
  return { project: 'ziglang', version: '0.17.1', tag, bytes, sha256 };
}

/** Size of what {@link zigWheels} hold, rounded up. */
export const unpackedZigBytes = 430e6;

/**
 * Whether a file of a wheel is needed: the libraries, the headers of the C API, CUDA's libraries and what they read
 * at run time, and the licences.
 */
export function isNeeded(name: string): boolean {
  return needed.some((pattern) => pattern.test(name));
}

const needed = [
  /^tensorflow\/libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/,
  /^tensorflow\/include\/tensorflow\/c\/.*\.h$/,
  /^tensorflow\/include\/tensorflow\/core\/platform\/ctstring[^/]*\.h$/,
  /^tensorflow\/include\/tensorflow\/core\/common_runtime\/next_pluggable_device\/c\/[^/]*\.h$/,
  /^tensorflow\/include\/(tsl\/platform|xla\/tsl\/c)\/[^/]*\.h$/,
  /^nvidia\/[^/]+\/lib\/[^/]*\.so[^/]*$/,
  /^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/.*)$/,
  /^tensorflow\/(THIRD_PARTY_NOTICES\.txt|include\/LICENSE)$/,
  /^[^/]+\.dist-info\/(licenses\/)?License\.txt$/,
];
