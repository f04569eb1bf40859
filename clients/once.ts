/** Something costly to open: opened at the first use, and shared; a failed opening is tried again at the next. */
export function once<Thing>(open: () => Promise<Thing>) {
  let opened: Promise<Thing> | null = null;
  return {
    get: (): Promise<Thing> => {
      opened ??= open().catch((error: unknown) => {
        opened = null;
        throw error;
      });
      return opened;
    },
    /** Null where it was never needed. */
    opened: async (): Promise<Thing | null> => (opened === null ? null : await opened),
  };
}
