import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, test } from 'vitest';
import { findInstallation } from '../tensorflowInstallation.js';
import { compileAddon } from './compileAddon.js';
import { provideCompiler } from './compiler.js';
import { tfjsNodePackage } from './folders.js';

const installation = findInstallation(false);

test.runIf(installation?.way === 'wheel' && process.platform === 'linux')(
  'the addon against the build with CUDA loads cuSOLVER, which libtensorflow does not find by itself',
  async () => {
    const folder = await temporaryFolder();
    const root = join(folder, 'tensorflow-gpu');
    const addon = join(folder, 'addon');
    const cusolver = join(root, 'nvidia', 'cusolver', 'lib');
    for (const path of [addon, cusolver]) mkdirSync(path, { recursive: true });
    const { libraryDir } = installation!.tensorflow;
    symlinkSync(libraryDir, join(root, 'tensorflow'));
    const source = join(folder, 'cusolver.cc');
    writeFileSync(
      source,
      '#include <cstdio>\n__attribute__((constructor)) static void Loaded() { puts("cuSOLVER is loaded"); }\n',
    );
    const compiler = await provideCompiler();
    const library = ['-shared', '-fPIC', source, '-o', join(cusolver, 'libcusolver.so.11')];
    const soname = '-Wl,-soname,libcusolver.so.11';
    spawnSync(compiler.command, [...compiler.args, ...library, soname], {
      env: compiler.env,
      stdio: 'inherit',
    });

    await compileAddon(compiler, tfjsNodePackage(false)!.folder, root, addon);

    const program = 'console.log(require(process.argv[1]).TF_Version)';
    const path = join(addon, 'tfjs_binding.node');
    const { stdout } = spawnSync(process.execPath, ['-e', program, path], { encoding: 'utf8' });
    expect(stdout).toBe(`cuSOLVER is loaded\n${installation!.tensorflow.version}\n`);
  },
);
