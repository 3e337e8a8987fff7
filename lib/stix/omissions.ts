import type { EmailWarning } from '../email';

/** Of warnings of `emailToBundle`: those that tell of something left out for a limit, not for having no form in STIX. */
const OMISSIONS: ReadonlySet<string> = new Set([
	'artifact-omitted',
	'observables-omitted',
	'attachments-omitted',
	'attachments-cut',
	'text-cut',
	'search-stopped',
	'urls-too-long',
	'messages-too-deep',
	'indicators-omitted',
]);

/** Whether a warning of `emailToBundle` or `extractIndicators` says that a limit kept something out. */
export function isOmission({ code }: EmailWarning): boolean {
	return OMISSIONS.has(code);
}
