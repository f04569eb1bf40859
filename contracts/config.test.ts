import { describe, expect, it } from 'vitest';
import { ConfigError, envExample, parseConfig } from './config.ts';

describe('parseConfig', () => {
  it('has a default for everything but addresses and keys; an empty value counts as unset', () => {
    const config = parseConfig({ PORT: '', API_KEY: '' });
    expect(config).toMatchObject({
      PORT: 8003,
      LLM_BACKEND: 'auto',
      WORKER_QUEUES: ['workflow', 'cpu', 'media', 'gpu', 'index', 'llm'],
    });
    expect(config.DATABASE_URL).toBeUndefined();
  });

  it.each([
    ['PORT', 'abc', 'whole number from 0 to 65535'],
    ['PORT', '99999', 'whole number from 0 to 65535'],
    ['CPU_SLOTS', '0', '1 or more'],
    ['WORKER_QUEUES', 'gpu,foo', 'foo'],
    ['CORS_ORIGINS', 'foo', 'origins like'],
    ['CORS_ORIGINS', 'https://example.org/path', 'origins like'],
    ['TEMPORAL_ADDRESS', 'http://localhost:7233', 'host:port'],
    ['QDRANT_URL', 'localhost:6333', 'http://'],
    ['LLM_BACKEND', 'gpt', 'ollama'],
    ['API_KEY', 'short', '16 characters'],
  ])('names %s=%s with what is allowed', (name, value, allowed) => {
    expect(() => parseConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => parseConfig({ [name]: value })).toThrow(new RegExp(`${name}: .*${allowed}`));
  });

  it('names all bad values at once, and shows no secret', () => {
    const bad = () => parseConfig({ PORT: 'x', API_KEY: 'hunter2', DATABASE_URL: 'mysql://user:hunter2@db' });
    expect(bad).toThrow('3 bad value(s)');
    expect(bad).not.toThrow('hunter2');
  });

  it('takes origins, an IPv6 address, a subset of queues', () => {
    expect(
      parseConfig({
        CORS_ORIGINS: 'https://a.example, http://localhost:3000',
        TEMPORAL_ADDRESS: '[::1]:7233',
        WORKER_QUEUES: 'gpu',
      }),
    ).toMatchObject({
      CORS_ORIGINS: ['https://a.example', 'http://localhost:3000'],
      TEMPORAL_ADDRESS: '[::1]:7233',
      WORKER_QUEUES: ['gpu'],
    });
  });
});

it('.env.example, read back, is the defaults', () => {
  const lines = [...envExample().matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name ?? '', value]);
  expect(parseConfig(Object.fromEntries(lines))).toEqual(parseConfig({}));
});
