import { textKind } from '../textKind';

export const kind = textKind({
	run: (input) => input,
	invariants: {
		'an input has no vowels': (_answer, input) => {
			if (/[aeiou]/.test(input)) throw new Error(`vowels in ${JSON.stringify(input)}`);
		},
	},
});
