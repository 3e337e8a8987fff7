import type { Kind } from '../../fuzz/kind';

/** A kind of short texts, in which something may be wrong. */
export function textKind(
	parts: Partial<Kind<string, unknown>> & Pick<Kind<string, unknown>, 'run'>,
): Kind<string, unknown> {
	return {
		subject: 'a test of the fuzzer',
		form: 'text',
		make: (random) => random.list(5, 20, () => random.pick([...'aeiouxyz\ud800'])).join(''),
		refusals: [],
		invariants: {},
		...parts,
	};
}
