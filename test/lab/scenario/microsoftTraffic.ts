import { rowOf, type LabTrace, type Row, type Tables } from '../hunting';
import { emptyTables } from '../hunting';

const HOUR = 3_600_000;

/** Who else got the phishing mails of `examples/messages`: one line a recipient. */
const PLANTED = [
	{
		hoursAgo: 30,
		id: 'net-1',
		sender: 'accounts@supplier.example.com',
		to: 'sales@soc.example.org',
		subject: 'Overdue invoice 4711',
	},
	{
		hoursAgo: 29,
		id: 'net-2',
		sender: 'accounts@supplier.example.com',
		to: 'hr@soc.example.org',
		subject: 'Overdue invoice 4711',
	},
	{
		hoursAgo: 29,
		id: 'net-2',
		sender: 'accounts@supplier.example.com',
		to: 'it@soc.example.org',
		subject: 'Overdue invoice 4711',
	},
	{
		hoursAgo: 52,
		id: 'net-3',
		sender: 'payments@invoice-portal.example.net',
		to: 'finance@soc.example.org',
		subject: 'Your invoice is ready',
	},
];
/** It opened the invoice. */
const CLICKED = 'hr@soc.example.org';

/** The mail of a week in Defender's tables, up to `now`: the phishing mails of the examples among others. */
export function defenderTraffic(now: number): Tables {
	const tables = emptyTables();
	const mail = (time: number, row: Row) =>
		tables.EmailEvents.push(
			rowOf('EmailEvents', {
				Timestamp: new Date(time),
				EmailDirection: 'Inbound',
				DeliveryAction: 'Delivered',
				DeliveryLocation: 'Inbox/Folder',
				SenderIPv4: '192.0.2.50',
				...row,
			}),
		);
	for (let index = 0; index < 200; index++) {
		mail(now - (index % 160) * HOUR - 60_000, {
			NetworkMessageId: `other-${index}`,
			InternetMessageId: `<other-${index}@partner.example.net>`,
			RecipientEmailAddress: `colleague${index % 9}@soc.example.org`,
			SenderFromAddress: `writer${index % 20}@partner.example.net`,
			SenderMailFromAddress: `writer${index % 20}@partner.example.net`,
			SenderFromDomain: 'partner.example.net',
			Subject: `Minutes ${index}`,
		});
	}
	for (const { hoursAgo, id, sender, to, subject } of PLANTED) {
		const time = now - hoursAgo * HOUR;
		mail(time, {
			NetworkMessageId: id,
			InternetMessageId: `<${id}@mail.example.com>`,
			RecipientEmailAddress: to,
			SenderFromAddress: sender,
			SenderMailFromAddress: sender,
			SenderFromDomain: sender.split('@')[1]!,
			Subject: subject,
			ThreatTypes: 'Phish',
		});
		if (to === CLICKED)
			tables.UrlClickEvents.push(
				rowOf('UrlClickEvents', {
					Timestamp: new Date(time + HOUR),
					NetworkMessageId: id,
					AccountUpn: to,
					Url: 'https://invoice-portal.example.net/4711',
					ActionType: 'ClickAllowed',
					IPAddress: '203.0.113.77',
					Workload: 'Email',
					IsClickedThrough: false,
					ReportId: `click-${id}`,
				}),
			);
	}
	return tables;
}

/** The same mail as message trace has it. */
export function traceTraffic(now: number): LabTrace[] {
	return PLANTED.map(({ hoursAgo, id, sender, to, subject }) => ({
		id,
		sender,
		recipient: to,
		messageId: `<${id}@mail.example.com>`,
		time: Math.floor((now - hoursAgo * HOUR) / 1000) * 1000,
		subject,
		size: 20_000,
		fromIp: '192.0.2.50',
		toIp: '',
		status: 'delivered',
	}));
}
