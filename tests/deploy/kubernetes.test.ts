import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../../contracts/config.ts';
import { QUEUE_NAMES } from '../../contracts/names.ts';

const folder = new URL('../../deploy/kubernetes/', import.meta.url);

const container = z.object({
  image: z.string().regex(/:\d+\.\d+\.\d+$/, 'pinned'),
  command: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  resources: z.object({ limits: z.record(z.string(), z.union([z.string(), z.number()])) }),
  readinessProbe: z.looseObject({}).optional(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});
const workload = z.object({
  apiVersion: z.enum(['apps/v1', 'batch/v1']),
  kind: z.enum(['Deployment', 'Job']),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }).optional(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        securityContext: z.looseObject({ runAsNonRoot: z.literal(true), runAsUser: z.number().min(1) }),
        containers: z.tuple([container]),
      }),
    }),
  }),
});
const settings = z.object({ kind: z.literal('ConfigMap'), data: z.record(z.string(), z.string()) });
const object = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });

const documents = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => parseAllDocuments(readFileSync(new URL(name, folder), 'utf8')))
  .map((document) => {
    expect(document.errors).toEqual([]);
    return object.parse(document.toJS());
  });
const workloads = documents
  .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
  .map((entry) => workload.parse(entry));
const workers = workloads.filter(({ metadata }) => metadata.name.startsWith('tapeworks-worker-'));
const containerOf = (entry: z.infer<typeof workload>) => entry.spec.template.spec.containers[0];
const valueOf = (entry: z.infer<typeof workload>, name: string) =>
  containerOf(entry).env.find((variable) => variable.name === name)?.value;

describe('the Kubernetes manifests', () => {
  it('have names of their own, and selectors that find their pods', () => {
    const names = documents.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { kind, spec } of workloads) {
      if (kind === 'Deployment')
        expect(spec.template.metadata.labels).toMatchObject(spec.selector?.matchLabels ?? { none: '' });
    }
  });

  it('serve each queue by one deployment', () => {
    expect(workers).toHaveLength(QUEUE_NAMES.length);
    expect(new Set(workers.map((worker) => valueOf(worker, 'WORKER_QUEUES')))).toEqual(new Set(QUEUE_NAMES));
    for (const worker of workers) {
      expect(worker.metadata.name).toBe(`tapeworks-worker-${valueOf(worker, 'WORKER_QUEUES')}`);
      expect(containerOf(worker).readinessProbe).toBeDefined();
    }
  });

  it('ask for a GPU for the gpu queue only', () => {
    const withGpu = workers.filter((worker) => containerOf(worker).resources.limits['nvidia.com/gpu'] === 1);
    expect(withGpu.map((worker) => valueOf(worker, 'WORKER_QUEUES'))).toEqual(['gpu']);
  });

  it('hold only settings that the configuration accepts', () => {
    const { data } = settings.parse(documents.find(({ kind }) => kind === 'ConfigMap'));
    for (const entry of workloads) {
      const own = Object.fromEntries(containerOf(entry).env.map(({ name, value }) => [name, value]));
      const all = { ...data, ...own };
      const set = Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [name]));
      expect(Object.keys(parseConfig(all))).toEqual(expect.arrayContaining(set));
    }
  });

  it('take a speech model where one is named', () => {
    const { data } = settings.parse(documents.find(({ kind }) => kind === 'ConfigMap'));
    expect(parseConfig(data).SPEECH_MODEL_DIR).toBeUndefined();
    const named = parseConfig({ ...data, SPEECH_MODEL_DIR: '/data/models/whisper-base' });
    expect(named.SPEECH_MODEL_DIR).toBe('/data/models/whisper-base');
  });

  it('mount the shared volume wherever media and what is made of it are read', () => {
    const { data } = settings.parse(documents.find(({ kind }) => kind === 'ConfigMap'));
    for (const queue of ['cpu', 'media', 'gpu']) {
      const worker = workers.find((entry) => valueOf(entry, 'WORKER_QUEUES') === queue);
      const mounts = worker && containerOf(worker).volumeMounts;
      expect(mounts, queue).toContainEqual({ name: 'data', mountPath: '/data' });
    }
    for (const name of ['MEDIA_ROOT', 'DATA_DIR', 'CANDLES_DIR']) expect(data[name]).toMatch(/^\/data\//);
  });
});
