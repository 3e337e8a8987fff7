import { textKind } from '../textKind';

export const kind = textKind({ run: () => void Promise.reject(new Error('nobody waits for this')) });
