import { badQuery } from './answers';
import type { LabMessage } from './message';
import { parseQuery } from './search';
import { timestampText } from './rows';

const PARAMETERS = new Set(['startDate', 'endDate', 'icid', 'mid', 'serialNumber', 'dcid']);

/** The answers to `message-tracking/<call>`; `call` is details, amp-details, dlp-details, url-details or connection-details. */
export function detailsOf(
	traffic: readonly LabMessage[],
	call: string,
	raw: string,
	attachmentsAsText: boolean,
): object {
	const parameters = parseQuery(raw, 'plus', ['mid']);
	for (const name of parameters.keys()) {
		if (!PARAMETERS.has(name)) throw badQuery(`Unexpected attribute - ${name}.`);
	}
	const message = find(traffic, call, parameters);
	if (call === 'connection-details') {
		return {
			sbrs: message?.sbrs ?? '',
			senderGroup: message?.senderGroup ?? '',
			messages: { summary: message ? [event(message, `ICID ${message.icid} ACCEPT`)] : [] },
		};
	}
	if (message === undefined) return { data: { messages: { mid: ['N/A'], summary: [] } } };
	const common = {
		mid: message.mids,
		icid: message.icid,
		direction: message.direction,
		hostName: `(Name unresolved,  SN:${message.serialNumber})`,
		recipient: Object.values(message.recipients).flat(),
		sender: message.sender,
		subject: message.subject ?? '(No Subject)',
		timestamp: timestampText(message.time, '(GMT)'),
		isCompleteData: true,
		attachments:
			attachmentsAsText && message.attachments.length === 0 ? '' : message.attachments.map(({ name }) => name),
	};
	return { data: { messages: { ...common, ...specific(call, message) } } };
}

function find(traffic: readonly LabMessage[], call: string, parameters: Map<string, string>): LabMessage | undefined {
	const serial = parameters.get('serialNumber');
	if (serial === undefined) throw badQuery('Missing attribute - serialNumber.');
	if (call === 'connection-details') {
		const icid = parameters.get('icid');
		if (icid === undefined) throw badQuery('Missing attribute - icid.');
		return traffic.find((message) => message.serialNumber === serial && String(message.icid) === icid);
	}
	const mids = parameters.get('mid')?.split(',');
	if (mids === undefined) throw badQuery('Missing attribute - mid.');
	if (!mids.every((mid) => /^\d+$/.test(mid))) throw badQuery('Unexpected attribute - mid.');
	return traffic.find(
		(message) => message.serialNumber === serial && message.mids.some((mid) => mids.includes(String(mid))),
	);
}

const event = (message: LabMessage, description: string) => ({
	timestamp: timestampText(message.time, '(GMT)'),
	description,
	lastEvent: true,
});

function specific(call: string, message: LabMessage): object {
	switch (call) {
		case 'details':
			return {
				mailPolicy: message.mailPolicy,
				messageSize: '439.25 (KB)',
				messageStatus: Object.values(message.statuses)[0] ?? '',
				midHeader: Object.values(message.messageIds)[0] ?? '',
				senderGroup: message.senderGroup,
				sendingHostSummary: {
					reverseDnsHostname: 'mx.example.net (unverified)',
					ipAddress: message.senderIp,
					sbrsScore: message.sbrs,
				},
				showAMP: true,
				showDLP: true,
				showURL: true,
				showSummaryTimeBox: true,
				smtpAuthId: '',
				summary: [event(message, `Message ${message.mids[0]} queued for delivery.`)],
			};
		case 'amp-details':
			return {
				sendingHostSummary: {},
				showAMPDetails: true,
				ampDetails: [event(message, 'File reputation query initiating.')],
			};
		case 'dlp-details':
			return {
				sendingHostSummary: {},
				showDLPDetails: true,
				dlpDetails: {
					violationSeverity: 'HIGH',
					riskFactor: 55,
					dlpPolicy: 'PCI',
					mid: String(message.mids[0]),
					dlpMatchedContent: [],
				},
			};
		default:
			return { sendingHostSummary: {}, showURLDetails: true, urlDetails: [event(message, 'URL category: Phishing')] };
	}
}
