import type { Email, EmailWarning } from '../email';
import { automaticKind } from '../firstLook';
import { compact, nonEmpty } from '../json';
import { REPORTED_LIMITS } from '../limits';
import { isRefused, recognised, type Found } from './recognise';
import type { AnalyseOptions, Analysed, Reporter, ReportWay } from './reported';
import { senderOf } from './reporter';
import { reporterAddresses } from './withoutReporter';

/** Follows a report of a report, where one's own people passed it on; tells of one that is not followed. */
export function withNested(wrapper: Email, found: Found, options: AnalyseOptions): Analysed {
	const through: Reporter[] = [];
	const warnings = [...found.warnings];
	let { email, message } = found;
	let innermost = found;
	let { complete } = found;
	const mayHoldMore = () => innermost.isWhole !== true && (message === 'attached' || message === 'quoted');
	for (let depth = 1; mayHoldMore(); depth++) {
		const next = recognised(email, { ...options, ownDomains: ownOrAlike(wrapper, options) });
		if (next === undefined || isRefused(next)) {
			if (next !== undefined) warnings.push(NESTED);
			break;
		}
		// A phish may carry a message itself: only one of our own people is known to have passed it on.
		const isOurs = senderOf(email, { ...options, ownDomains: ownOrAlike(wrapper, options) }).standing === 'own';
		const isOne = next.message === 'attached' || next.message === 'quoted';
		if (!isOurs || !isOne || depth > REPORTED_LIMITS.maxDepth) {
			warnings.push(NESTED);
			break;
		}
		through.push(reporterOf(email, next.way));
		const known = new Set(warnings.map(({ code }) => code));
		warnings.push(...next.warnings.filter(({ code }) => !known.has(code)));
		complete &&= next.complete;
		({ email, message } = next);
		innermost = next;
	}
	const { way, certainty, category, comment, language, alsoFits } = found;
	const cut = (comment ?? '')
		.trim()
		.slice(0, REPORTED_LIMITS.maxComment)
		.replace(/[\ud800-\udbff]$/, '');
	return {
		email,
		wrapper,
		...(innermost.file === undefined ? {} : { file: innermost.file }),
		warnings,
		complete,
		reported: compact({
			...reporterOf(wrapper, way),
			// No more certain than its weakest step.
			certainty: innermost.certainty === 'weak' ? 'weak' : certainty,
			category: category ?? innermost.category,
			comment: nonEmpty(cut),
			language: language ?? languageOf(wrapper),
			alsoFits,
			through: nonEmpty(through),
			mail: compact({
				messageId: wrapper.messageId,
				subject: wrapper.subject,
				references: nonEmpty(wrapper.references),
				automatic: automaticKind(wrapper) === undefined ? undefined : (true as const),
				addresses: [...reporterAddresses(wrapper)].slice(0, REPORTED_LIMITS.maxAddresses),
			}),
			message,
		}),
	};
}

const NESTED: EmailWarning = {
	code: 'reported-nested',
	message:
		'The reported message contains a message itself. Both were analysed: the inner one as an attachment of the reported one.',
};

/** The domains of our own people: of those who are known, and of the one who reported to us. */
function ownOrAlike(wrapper: Email, options: AnalyseOptions): string[] {
	const { own, standing } = senderOf(wrapper, options);
	const from = wrapper.from[0]?.address;
	return [
		...own,
		...(from !== undefined && (standing === 'alike' || own.size === 0) ? [from.slice(from.lastIndexOf('@') + 1)] : []),
	];
}

function reporterOf({ from, date, receivedAt }: Email, way: ReportWay): Reporter {
	const [first] = from;
	const at = date ?? receivedAt;
	return compact({
		by: first === undefined ? undefined : compact({ address: first.address, name: first.name }),
		at: at?.toISOString(),
		way,
	});
}

/** The language of whoever sent a mail, as Outlook and others say it (RFC 3282). */
function languageOf({ headers }: Email): string | undefined {
	const field = headers.find(({ name }) => /^(?:content|accept)-language$/i.test(name));
	return /^\s{0,8}([a-z]{2})(?:[-,;\s]|$)/i.exec(field?.value ?? '')?.[1]?.toLowerCase();
}
