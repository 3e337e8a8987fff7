import { isRecord } from '../../json';
import type { GraphFailure, GraphMeaning, GraphMeanings } from '../../microsoft';

/** Application permission of Graph. */
export const DEFENDER_PERMISSION = 'ThreatHunting.Read.All';
/** Tables that are asked. */
export const TABLES = [
	'EmailEvents',
	'EmailUrlInfo',
	'EmailAttachmentInfo',
	'UrlClickEvents',
	'EmailPostDeliveryEvents',
] as const;

const notAllowed: GraphMeaning = {
	code: 'MICROSOFT_NOT_ALLOWED',
	message: () => 'The application is not allowed to hunt in Defender XDR',
	hint: ({ roles }) =>
		roles.includes(DEFENDER_PERMISSION)
			? `The application has ${DEFENDER_PERMISSION}. Check that the tenant has Microsoft Defender XDR, and that its role-based access lets applications hunt.`
			: `Grant the application permission ${DEFENDER_PERMISSION}, with admin consent.`,
};
const refused: GraphMeaning = {
	code: 'MICROSOFT_PROTOCOL',
	message: ({ status }) => `Advanced hunting refused the query (HTTP ${status})`,
	hint: () =>
		'It may have taken too long: use a shorter time window. Else, report this with the request ID in the message.',
};

/** Advanced hunting names what it could not find. Which of our tables that is, is all that is taken of its text. */
function missingTable({ status, body }: GraphFailure): GraphMeaning | undefined {
	const error = status === 400 && isRecord(body) && isRecord(body.error) ? body.error : {};
	const said = typeof error.message === 'string' ? error.message.slice(0, 10_000) : '';
	if (!/\b(?:resolve|resolved|find|found|refer)\b/i.test(said)) return undefined;
	const table = TABLES.find((name) => new RegExp(`['"\`]${name}['"\`]`).test(said));
	if (table === undefined) return undefined;
	return {
		code: 'MICROSOFT_MISSING',
		message: () => `The tenant has no table ${table}`,
		hint: () =>
			'Defender for Office 365 fills it: it is not deployed in this tenant, or its plan does not have this table. Nothing is known of who received it. Message trace needs no Defender.',
	};
}

/** What refusals mean to those who hunt. */
export const DEFENDER_MEANINGS: GraphMeanings = {
	byCode: { accessdenied: notAllowed, authorization_requestdenied: notAllowed, forbidden: notAllowed },
	byStatus: { 400: refused, 403: notAllowed },
	byText: missingTable,
};
