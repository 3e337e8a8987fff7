import { textKind } from '../textKind';

export const kind = textKind({ maxMilliseconds: 300, run: async () => await new Promise(() => undefined) });
