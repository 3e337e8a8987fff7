import { textKind } from '../textKind';

export const kind = textKind({ run: () => process.exit(0) });
