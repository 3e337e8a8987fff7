/** What the simulated appliance knows of one message: more than a tracking row shows of it. */
export interface LabMessage {
	serialNumber: string;
	hostName: string;
	icid: number;
	/** More than one after splintering. */
	mids: number[];
	/** Epoch milliseconds, whole seconds as the appliance's log has them. */
	time: number;
	direction: 'incoming' | 'outgoing';
	/** Envelope sender; empty for bounces. */
	sender: string;
	/** Header From, as the appliance reports it. */
	from: string[];
	/** Envelope recipients, by MID. */
	recipients: Record<string, string[]>;
	replyTo: string;
	/** Absent: the row shows `(No Subject)`. */
	subject?: string;
	senderIp: string;
	senderDomain: string;
	senderGroup: string;
	sbrs: string;
	messageIds: Record<string, string>;
	/** Texts for people, by MID. */
	statuses: Record<string, string>;
	mailPolicy: string[];
	attachments: Array<{ name: string; sha256: string; size: number }>;
	/** Boolean events that happened, by parameter name. */
	flags: string[];
	/** Values of the other events, by parameter name. */
	events: Record<string, string[]>;
	/** Events that are searched by several parameters together, by the name of the first. */
	groups: Record<string, Array<Record<string, string>>>;
	/** The appliance cannot show this record: it takes a place in the list and is only counted. */
	bad: boolean;
}
