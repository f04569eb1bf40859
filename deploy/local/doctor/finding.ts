/** What the doctor says of one component. `optional`: absent, and the product does without. */
export type Finding = {
  component: string;
  state: 'ok' | 'missing' | 'unhealthy' | 'optional';
  /** Path or address; never with a password. */
  where?: string;
  version?: string;
  note?: string;
  remedy?: string;
};

/** A healthy finding of what `look` answers, else an unhealthy one with the reason. */
export async function examineService(
  component: string,
  where: string,
  remedy: string,
  look: Promise<string>,
): Promise<Finding> {
  try {
    return { component, state: 'ok', where, version: await look };
  } catch (error) {
    return {
      component,
      state: 'unhealthy',
      where,
      note: error instanceof Error ? error.message : String(error),
      remedy,
    };
  }
}
