import { textKind } from '../textKind';

const kept: Buffer[] = [];
const BYTES = 200_000;

/** Nobody asks for what it keeps of each input. */
export const kind = textKind({ run: () => kept.push(Buffer.alloc(BYTES, kept.length)) });
