/** The demo uses the product as any user would: through its API. */
import { problemSchema } from '../../../contracts/http/common.ts';

export type Api = { url: string; key: string | undefined };

/** A request that the API refused, with what it says can be done. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** JSON of one request. Throws `Refused` with detail and remedy. */
export async function call(api: Api, method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${api.url}${path}`, {
    method,
    headers: {
      ...(api.key ? { authorization: `Bearer ${api.key}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(60_000),
  });
  const json: unknown = await answer.json();
  if (answer.ok) return json;
  const problem = problemSchema.safeParse(json);
  throw new Refused(
    problem.success ? `${problem.data.detail} ${problem.data.remedy}` : `${method} ${path} answered ${answer.status}`,
  );
}
