import { textKind } from '../textKind';

export const kind = textKind({ run: () => (undefined as unknown as { member: string }).member });
