// @ts-check
/** ffmpeg, ffprobe, Tesseract, eSpeak NG: on PATH, else by apt as root, else ffmpeg and ffprobe from registries. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { findMediaProgram, findProgram, isExecutable } from './locate.mjs';
import { mediaBinDir, toolsDir, venvPython } from './paths.mjs';
import { findPython } from './python.mjs';
import { CommandError } from './shell.mjs';

const isRoot = process.getuid?.() === 0;

/** Programs looked for, with their Debian package and what is lost without them. */
const PROGRAMS = [
  { program: 'ffmpeg', packageName: 'ffmpeg', without: null },
  { program: 'ffprobe', packageName: 'ffmpeg', without: null },
  { program: 'tesseract', packageName: 'tesseract-ocr', without: 'text on screen is not read' },
  { program: 'espeak-ng', packageName: 'espeak-ng', without: 'the sample lesson has a tone instead of a voice' },
];

/** Programs that can be done without and are not there. */
export const missingExtras = () =>
  PROGRAMS.filter(({ program, without }) => without !== null && !findMediaProgram(program));

/**
 * One step for all, since apt lets only one run at a time. Done once: a machine where apt has no Tesseract is not asked
 * again each time. @type {import('./steps.mjs').Step}
 */
export const systemPackages = {
  name: 'system-packages',
  title: 'system packages (ffmpeg, Tesseract, eSpeak NG)',
  key: () => 'asked',
  isPresent: () => true,
  isAlreadyRight: () => neededPackages().length === 0,
  act: async ({ run, say }) => {
    const wanted = neededPackages();
    const apt = findProgram('apt-get');
    if (!isRoot || !apt) return;
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const options = ['-o', 'DPkg::Lock::Timeout=300', '-q', '-y'];
    try {
      await run(apt, [...options, 'update'], { env });
      await run(apt, [...options, 'install', '--no-install-recommends', ...wanted], { env });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      say(`apt could not install ${wanted.join(', ')} (log: ${error.logFile}); other ways are tried`);
    }
  },
  remedy: 'install ffmpeg, tesseract-ocr and espeak-ng with your package manager.',
};

function neededPackages() {
  const missing = PROGRAMS.filter(({ program }) => !findProgram(program)).map(({ packageName }) => packageName);
  if (!findPython()) missing.push('python3', 'python3-venv');
  return [...new Set(missing)];
}

/** For those who may not use apt: static builds from PyPI (ffmpeg) and npm (ffprobe). @type {import('./steps.mjs').Step} */
export const mediaPrograms = {
  name: 'media-programs',
  title: 'ffmpeg and ffprobe',
  after: ['system-packages', 'python'],
  key: () => 'ffmpeg 0.8.1, ffprobe 2.1.2',
  isPresent: () => findMediaProgram('ffmpeg') !== null && findMediaProgram('ffprobe') !== null,
  isAlreadyRight: () => true,
  act: async ({ run }) => {
    const work = path.join(toolsDir, 'media/work');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(mediaBinDir, { recursive: true });
    if (!findMediaProgram('ffmpeg')) {
      const target = path.join(work, 'python');
      const install = ['--disable-pip-version-check', '--only-binary', ':all:', '--no-deps', '--target', target];
      const base = isExecutable(venvPython) ? venvPython : findPython();
      if (!base) throw new Error('ffmpeg is not on PATH, and there is no Python to fetch a build of it');
      await run(base, ['-m', 'pip', 'install', ...install, 'imageio-ffmpeg==0.8.1']);
      const binaries = path.join(target, 'imageio_ffmpeg/binaries');
      const file = readdirSync(binaries).find((name) => name.startsWith('ffmpeg'));
      if (!file) throw new Error('the package imageio-ffmpeg holds no ffmpeg for this machine');
      put(path.join(binaries, file), 'ffmpeg');
    }
    if (!findMediaProgram('ffprobe')) {
      const npm = findProgram('npm');
      if (!npm) throw new Error('ffprobe is not on PATH, and there is no npm to fetch a build of it');
      await run(
        npm,
        [
          'install',
          '--prefix',
          work,
          '--no-save',
          '--ignore-scripts',
          '--no-audit',
          '--no-fund',
          '@ffprobe-installer/ffprobe@2.1.2',
        ],
        { cwd: toolsDir },
      );
      put(
        path.join(work, 'node_modules/@ffprobe-installer', `${process.platform}-${process.arch}`, 'ffprobe'),
        'ffprobe',
      );
    }
    rmSync(work, { recursive: true, force: true });
  },
  remedy: 'install ffmpeg with your package manager (Debian: apt-get install ffmpeg; macOS: brew install ffmpeg).',
};

/** A half-copied program must never be found under its name. @param {string} source @param {string} name */
function put(source, name) {
  const file = path.join(mediaBinDir, name);
  copyFileSync(source, `${file}.new`);
  chmodSync(`${file}.new`, 0o755);
  renameSync(`${file}.new`, file);
}
