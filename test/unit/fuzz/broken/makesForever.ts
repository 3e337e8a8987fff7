import { textKind } from '../textKind';

export const kind = textKind({
	maxMilliseconds: 300,
	make: () => {
		for (;;);
	},
	run: () => undefined,
});
