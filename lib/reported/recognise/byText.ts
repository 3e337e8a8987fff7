import type { Email } from '../../email';
import { REPORTED_LIMITS } from '../../limits';
import { lazy } from '../../lazy';
import type { AnalyseOptions } from '../reported';
import { senderOf } from '../reporter';
import type { Structure } from '../structure';
import { isNewsletter } from '../words';
import { doubtful, type Found, type Refused } from './found';
import { forwardedIn } from './forwarded';

export function byText(
	email: Email,
	structure: Structure,
	isReport: () => boolean,
	options: AnalyseOptions,
): Found | Refused | undefined {
	const senderOfIt = lazy(() => senderOf(email, options));
	const found = forwardedIn(email, structure, senderOfIt);
	if (found === undefined) return undefined;
	if (
		!isReport() &&
		isNewsletter(`${found.email.text ?? ''}\n${found.email.html ?? ''}`.slice(0, REPORTED_LIMITS.maxSearched))
	)
		return undefined;
	const sender = senderOfIt();
	const isOurs = sender.standing === 'own' || sender.standing === 'alike';
	const { authentication } = sender.look;
	if (authentication.verdict === 'fail')
		return {
			isRefused: true,
			warnings: [doubtful('a forwarded message in its text', ['its sender failed authentication (SPF, DKIM, DMARC)'])],
		};
	const wasTheirs = found.email.to.some(
		({ address }) => address.toLowerCase() === email.from[0]?.address.toLowerCase(),
	);
	// The head is text that anybody can write: who is not one of ours is not believed.
	if (!isOurs && !(sender.standing === 'unknown' && wasTheirs)) {
		if (sender.standing === 'unknown') return undefined;
		return {
			isRefused: true,
			warnings: [doubtful('a forwarded message in its text', ['its sender is not of your own domains'])],
		};
	}
	return found;
}
