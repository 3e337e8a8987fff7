import type { GraphMeaning, GraphMeanings } from '../../microsoft';

/** Application permission of Graph. */
export const TRACE_PERMISSION = 'ExchangeMessageTrace.Read.All';
/** Application ID of Microsoft's own service behind message trace. */
export const TRACE_SERVICE = '8bd644d1-64a1-4d4b-ae52-2e0cbf64e373';
const SERVICE_PRINCIPAL = `The tenant also needs the service principal of Microsoft's message trace: 'New-MgServicePrincipal -AppId ${TRACE_SERVICE}'.`;

const notAllowed: GraphMeaning = {
	code: 'MICROSOFT_NOT_ALLOWED',
	message: () => 'The application is not allowed to read message trace',
	hint: ({ roles }) =>
		roles.includes(TRACE_PERMISSION)
			? `The application has ${TRACE_PERMISSION}. ${SERVICE_PRINCIPAL} It takes effect after some minutes.`
			: `Grant the application permission ${TRACE_PERMISSION}, with admin consent. ${SERVICE_PRINCIPAL}`,
};
const loginRefused: GraphMeaning = {
	code: 'MICROSOFT_LOGIN_REFUSED',
	message: ({ graphHost }) => `${graphHost} did not accept the token for message trace`,
	hint: () => `Check 'Cloud' in the credential: only the global cloud has message trace. ${SERVICE_PRINCIPAL}`,
};
const refused: GraphMeaning = {
	code: 'MICROSOFT_PROTOCOL',
	message: ({ status }) => `Message trace refused the query (HTTP ${status})`,
	hint: () =>
		'Check the clock of this machine: message trace takes no time that lies ahead, and none further back than 90 days. Else, report this with the request ID in the message.',
};

/** What refusals mean to those who read message trace. */
export const TRACE_MEANINGS: GraphMeanings = {
	byCode: { accessdenied: notAllowed, authorization_requestdenied: notAllowed, forbidden: notAllowed },
	byStatus: { 400: refused, 401: loginRefused, 403: notAllowed },
};
