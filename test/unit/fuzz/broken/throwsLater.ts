import { textKind } from '../textKind';

export const kind = textKind({
	run: () =>
		void setImmediate(() => {
			throw new Error('nobody is there to catch this');
		}),
});
