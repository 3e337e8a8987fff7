import { textKind } from '../textKind';

/** Nothing is wrong with it: it is run and counted like any other. */
export const kind = textKind({ run: (input) => input.length });
