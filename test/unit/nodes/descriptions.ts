import type { ICredentialType, INodeProperties, INodePropertyOptions, INodeType } from 'n8n-workflow';
import { EmailIntelCiscoEsaApi } from '../../../credentials/EmailIntelCiscoEsaApi.credentials';
import { EmailIntelGmailOAuth2Api } from '../../../credentials/EmailIntelGmailOAuth2Api.credentials';
import { EmailIntelGraphApi } from '../../../credentials/EmailIntelGraphApi.credentials';
import { EmailIntelImapApi } from '../../../credentials/EmailIntelImapApi.credentials';
import { EmailIntelOpenCtiApi } from '../../../credentials/EmailIntelOpenCtiApi.credentials';
import { CiscoEsa } from '../../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../../nodes/EmailToStix/EmailToStix.node';
import { GraphTrigger } from '../../../nodes/GraphTrigger/GraphTrigger.node';
import { ImapTrigger } from '../../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../../nodes/MailboxReader/MailboxReader.node';
import { Microsoft365Hunt } from '../../../nodes/Microsoft365Hunt/Microsoft365Hunt.node';
import { OpenCti } from '../../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../../nodes/StixPattern/StixPattern.node';

export const NODES: readonly INodeType[] = [
	new CiscoEsa(),
	new EmailToStix(),
	new GraphTrigger(),
	new ImapTrigger(),
	new MailboxReader(),
	new Microsoft365Hunt(),
	new OpenCti(),
	new StixPattern(),
];

export const CREDENTIALS: readonly ICredentialType[] = [
	new EmailIntelCiscoEsaApi(),
	new EmailIntelGmailOAuth2Api(),
	new EmailIntelGraphApi(),
	new EmailIntelImapApi(),
	new EmailIntelOpenCtiApi(),
];

/** A property as the editor shows it, those inside of collections included. */
export interface Shown {
	/** Of the node or credential: its name, and the name that people see. */
	owner: string;
	ownerTitle: string;
	property: INodeProperties;
	/** Operations that show it, as people see them; empty for all. */
	operations: string[];
}

function within(properties: readonly INodeProperties[], outer: INodeProperties[] = []): INodeProperties[][] {
	return properties.flatMap((property) => [
		[...outer, property],
		...(property.type === 'collection' ? within(property.options as INodeProperties[], [...outer, property]) : []),
	]);
}

/** Every property of every node and credential. */
export function everyProperty(): Shown[] {
	const owners = [
		...NODES.map(({ description: { name, displayName, properties } }) => ({ name, displayName, properties })),
		...CREDENTIALS,
	];
	return owners.flatMap(({ name: owner, displayName: ownerTitle, properties }) => {
		const titles = new Map(
			properties
				.filter(({ name }) => name === 'operation')
				.flatMap(({ options = [] }) => (options as INodePropertyOptions[]).map(({ name, value }) => [value, name])),
		);
		return within(properties).map((path) => {
			const operations = path.flatMap(({ displayOptions }) => displayOptions?.show?.operation ?? []);
			return {
				owner,
				ownerTitle,
				property: path.at(-1)!,
				operations: operations.map((value) => titles.get(value as string)!),
			};
		});
	});
}
