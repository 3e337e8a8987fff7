import type { EsaRow } from '../../../lib/esa';

/** The row that stix-shifter's guide shows. */
export const GUIDE_ROW: EsaRow = {
	attributes: {
		hostName: 'host',
		friendly_from: ['user1@dummydomain.com'],
		isCompleteData: 'N/A',
		messageStatus: { '1757': 'Delivered' },
		recipientMap: { '1756': ['user1@dummydomain.com'], '1757': ['user1@dummydomain.com'] },
		senderIp: '1.1.1.1',
		mailPolicy: ['DEFAULT'],
		senderGroup: 'UNKNOWNLIST',
		morInfo: { midVsState: { '1757': 'Delivered' } },
		subject: 'URL - https://www.indianexpress.com',
		mid: [1756, 1757],
		senderDomain: 'amazonses.com',
		finalSubject: { '1757': 'URL - https://www.indianexpress.com' },
		direction: 'incoming',
		icid: 1625,
		morDetails: {},
		replyTo: 'user3@dummydomain.com',
		timestamp: '29 Aug 2023 10:00:48 (GMT +00:00)',
		messageID: { '1756': '<0100018a404d1371-34997a47-abde-49df-bb90-d6c22aaee8ba-000000@email.amazonses.com>' },
		verdictChart: { '1757': '01101110' },
		recipient: ['user1@dummydomain.com'],
		sender: '0100018a404d1371-34997a47-abde-49df-bb90-d6c22aaee8ba-000000@amazonses.com',
		serialNumber: 'EC2CD1D95C273722A23A-CA0C47E74D1B',
		allIcid: [1625],
		sbrs: '3.5',
	},
};

export const rowWith = (attributes: Record<string, unknown>): EsaRow => ({
	attributes: { ...GUIDE_ROW.attributes, ...attributes },
});
