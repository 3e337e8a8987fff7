import { Resolver } from 'node:dns/promises';
import { FIRST_LOOK_LIMITS } from '../../limits';

/** Codes of answers that say: there is no such record. Everything else is no answer. */
const NO_RECORD: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Asks the DNS of this machine for a TXT record, for `checkDkim`. Whoever runs the domain sees the question.
 *
 * @throws an Error of Node's, when nobody answers in time
 */
export async function textRecord(name: string): Promise<string | undefined> {
	const resolver = new Resolver({ timeout: FIRST_LOOK_LIMITS.keyTimeoutMs, tries: 1 });
	try {
		const [record] = await resolver.resolveTxt(name);
		return record?.join('');
	} catch (error) {
		if (NO_RECORD.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
		throw error;
	}
}
