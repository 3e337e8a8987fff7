import { textKind } from '../textKind';

let inputs = 0;

/** Every other input is put aside. */
export const kind = textKind({ run: () => inputs++, isRead: () => inputs % 2 === 0 });
