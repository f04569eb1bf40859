import type { BackendHealth } from './types.ts';

/** Stands for the rules that answer when no model is asked. It writes no text: those rules live with what they decide. */
export const offlineBackend = {
  name: 'offline',
  model: 'rules',
  health: async (): Promise<BackendHealth> => ({ ok: true, detail: 'Rules answer; no model is asked.', models: [] }),
};
