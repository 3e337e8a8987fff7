import type { LabMessage } from './message';

/** How the row of a message looks: by product and version of AsyncOS. */
export type RowProfile = 'esa-14' | 'esa-13' | 'sma';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `29 Aug 2023 10:00:48 (GMT +00:00)` and its relatives. */
export function timestampText(time: number, zone: string): string {
	const offset = /([+-])(\d\d):(\d\d)/.exec(zone);
	const minutes = offset ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
	const local = new Date(time + minutes * 60_000);
	const two = (value: number) => String(value).padStart(2, '0');
	const clock = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
	return `${two(local.getUTCDate())} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()} ${clock} ${zone}`;
}

export function rowOf(
	message: LabMessage,
	profile: RowProfile,
	zone?: string,
): { attributes: Record<string, unknown> } {
	const subject = message.subject ?? '(No Subject)';
	const recipient = [...new Set(Object.values(message.recipients).flat())];
	const common = {
		direction: message.direction,
		icid: message.icid,
		senderIp: message.senderIp,
		senderGroup: message.senderGroup,
		sender: message.sender,
		replyTo: message.replyTo,
		senderDomain: message.senderDomain,
		recipient,
		subject,
		mid: message.mids,
		sbrs: message.sbrs,
		mailPolicy: message.mailPolicy,
		serialNumber: message.serialNumber,
		messageID: message.messageIds,
	};
	if (profile === 'esa-13') {
		return {
			attributes: {
				...common,
				hostName: '',
				isCompleteData: true,
				verdictChart: '0',
				messageStatus: Object.values(message.statuses)[0] ?? '',
				timestamp: timestampText(message.time, zone ?? '(GMT -05:00)'),
			},
		};
	}
	const byMid = (text: string) => Object.fromEntries(message.mids.map((mid) => [String(mid), text]));
	const newer = {
		...common,
		friendly_from: message.from,
		recipientMap: message.recipients,
		finalSubject: byMid(subject),
		messageStatus: message.statuses,
		morInfo: { midVsState: message.statuses },
		morDetails: {},
		verdictChart: byMid('01101110'),
		isCompleteData: 'N/A',
		allIcid: [message.icid],
	};
	return profile === 'sma'
		? {
				attributes: {
					...newer,
					hostName: message.hostName,
					dcid: [message.icid + 1],
					timestamp: timestampText(message.time, zone ?? '(GMT)'),
				},
			}
		: { attributes: { ...newer, hostName: '', timestamp: timestampText(message.time, zone ?? '(GMT +00:00)') } };
}
