import type { ICredentialDataDecryptedObject, IExecuteFunctions, INodeProperties, Logger } from 'n8n-workflow';
import { OpenCtiClient, type OpenCtiClientOptions, type PlatformInfo } from '../../lib/opencti';
import { decidingText } from '../shared/decidingText';
import { networkOptions } from '../shared/network';
import type { OperationModule } from '../shared/operation';

/** The operations of one resource, by name. */
export type OpenCtiOperations = Record<string, OperationModule<OpenCtiClient>>;

type Workspace = NonNullable<OpenCtiClientOptions['workspace']>;

/** For people who want to approve in OpenCTI what mail brings: everything is written into a draft there. */
export const draftProperty: INodeProperties = {
	displayName: 'Draft Workspace ID',
	name: 'draftId',
	type: 'string',
	default: '',
	placeholder: 'e.g. 3f2a5c1e-8d3f-4c55-9a55-0f2f6b1f9f10',
	description:
		'ID of a draft workspace to write into, where a person approves the changes (OpenCTI 6.4 or later). Leave empty to write into live data. An expression can set a different draft for each item.',
};

/** Where an item's work goes. @throws NodeOperationError when its expression gives nothing */
export function workspaceOf(context: IExecuteFunctions, itemIndex: number): Workspace {
	const id = decidingText(context, draftProperty, itemIndex);
	return id === '' ? 'live' : { id };
}

/** The platform that an `emailIntelOpenCtiApi` credential describes. */
export function openCtiClient(
	credential: ICredentialDataDecryptedObject,
	context?: { logger: Logger },
	workspace: Workspace = 'live',
): OpenCtiClient {
	const { url, token } = credential as { url?: string; token?: string };
	return new OpenCtiClient({
		url: url ?? '',
		token: token ?? '',
		workspace,
		...networkOptions(credential, context),
		...(context === undefined ? {} : { logger: context.logger }),
	});
}

/** What the credential dialog shows after a login. */
export function platformSummary({ version, user, missingCapabilities }: PlatformInfo): string {
	const login = `OpenCTI ${version}, signed in as ${user.name}`;
	if (missingCapabilities.length === 0) return login;
	return `${login}. The user lacks ${missingCapabilities.join(' and ')}. Reports cannot be created until a role grants this.`;
}
