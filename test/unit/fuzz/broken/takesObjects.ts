import { textKind } from '../textKind';

export const kind = textKind({
	maxMegabytes: 60,
	run: () => {
		for (const kept: object[] = []; ;) kept.push({ at: kept.length });
	},
});
