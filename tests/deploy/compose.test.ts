import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../contracts/config.ts';
import { QUEUE_NAMES } from '../../contracts/names.ts';

type Service = {
  image: string;
  build?: { dockerfile: string; target: string };
  user?: string;
  restart?: string;
  command?: string[];
  ports?: string[];
  profiles?: string[];
  volumes?: string[];
  environment?: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  deploy?: { resources: { reservations: { devices: { capabilities: string[] }[] } } };
};
type Compose = { services: Record<string, Service>; volumes: Record<string, null> };

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const compose: Compose = parse(read('../../docker-compose.yml'), { merge: true });
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build);
const running = ours.filter(([, service]) => service.restart !== 'no');
const workers = running.filter(([name]) => name.startsWith('worker-'));

/** What Compose makes of a value when only `given` is set. */
const substitute = (value: string | number, given: Record<string, string> = {}) =>
  String(value).replaceAll(/\$\{(\w+):([-+])([^}]*)\}/g, (_all, name: string, kind: string, word: string) =>
    kind === '+' ? (given[name] ? word : '') : (given[name] ?? word),
  );
const settingsOf = ({ environment = {} }: Service, given: Record<string, string> = {}) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, substitute(value, given)]));

describe('docker-compose.yml', () => {
  it('keeps to the Compose specification', () => {
    const { $schema, ...schema } = JSON.parse(read('../fixtures/compose-spec.json'));
    expect($schema).toContain('draft-07');
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    expect(validate(compose) ? [] : validate.errors).toEqual([]);
    expect(validate({ services: { broken: { ports: true } } })).toBe(false);
  });

  it.each(services)('%s: image pinned, ports on this machine only', (_name, { image, ports = [] }) => {
    expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+[\w.-]*$/);
    for (const published of ports) expect(published).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(services)('%s: runs as a named user, not root', (_name, service) => {
    expect(service.user).toMatch(/^(?:[1-9]\d*:[1-9]\d*|postgres)$/);
  });

  it.each(services.filter(([, service]) => service.restart !== 'no'))('%s: has a health check', (_name, service) => {
    expect(service.healthcheck?.test[0]).toBe('CMD');
  });

  it('builds every service of ours from stages that the Dockerfile has', () => {
    const stages = [...read('../../deploy/docker/Dockerfile').matchAll(/^FROM \S+ AS (\S+)$/gm)].map(
      ([, name]) => name,
    );
    for (const [, service] of ours) {
      expect(service.build?.dockerfile).toBe('deploy/docker/Dockerfile');
      expect(stages).toContain(service.build?.target);
    }
  });

  it('serves each queue by one service without a profile, and gpu also on a GPU', () => {
    const queuesOf = (list: typeof workers) => list.map(([, service]) => String(service.environment?.WORKER_QUEUES));
    expect(queuesOf(workers.filter(([, service]) => !service.profiles)).sort()).toEqual([...QUEUE_NAMES].sort());
    const gpu = compose.services['worker-gpu'];
    expect(gpu?.profiles).toEqual(['gpu']);
    expect(gpu?.deploy?.resources.reservations.devices[0]?.capabilities).toEqual(['gpu']);
  });

  it.each(ours)('%s: has settings that the configuration accepts', (_name, service) => {
    const settings = settingsOf(service);
    const config = parseConfig(settings);
    for (const [name, value] of Object.entries(settings)) {
      if (value !== '') expect(Object.keys(config), `${name} is a setting`).toContain(name);
    }
    expect(config.MEDIA_ROOT).toBe('/media');
    expect(config.SPEECH_MODEL_DIR).toBeUndefined();
  });

  it('finds models of its own below MODELS_DIR', () => {
    const given = { MODELS_DIR: '/srv/models', SPEECH_MODEL: 'whisper-base', RERANK_MODEL: 'ms-marco' };
    for (const [, service] of ours) {
      expect(service.volumes?.map((volume) => substitute(volume, given))).toContain('/srv/models:/models:ro');
      expect(parseConfig(settingsOf(service, given)).SPEECH_MODEL_DIR).toBe('/models/whisper-base');
    }
    const { api } = compose.services;
    expect(api && parseConfig(settingsOf(api, given)).RERANK_MODEL_DIR).toBe('/models/ms-marco');
  });

  it('gives the gpu queue the media, for speech', () => {
    for (const name of ['worker-embedding', 'worker-gpu']) {
      const targets = compose.services[name]?.volumes?.map((volume) => substitute(volume).split(':')[1]);
      expect(targets).toEqual(expect.arrayContaining(['/media', '/data', '/models']));
    }
  });

  it('starts in order: database, migrations, then all of ours', () => {
    expect(compose.services.migrate?.depends_on?.postgres?.condition).toBe('service_healthy');
    for (const [, service] of running) {
      expect(service.depends_on?.migrate?.condition).toBe('service_completed_successfully');
      expect(service.depends_on?.temporal?.condition).toBe('service_healthy');
    }
    const known = new Set(services.map(([name]) => name));
    for (const [, service] of services)
      for (const name of Object.keys(service.depends_on ?? {})) expect(known).toContain(name);
  });

  it('declares each named volume that is mounted', () => {
    const mounted = services.flatMap(([, service]) => service.volumes ?? []).map((volume) => substitute(volume));
    const named = mounted.filter((volume) => /^[a-z]/.test(volume));
    expect(new Set(named.map((volume) => volume.split(':')[0]))).toEqual(new Set(Object.keys(compose.volumes)));
  });
});
