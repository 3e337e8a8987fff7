import { withScheme } from '../../address';
import { MicrosoftError } from '../errors';

/** The clouds of Microsoft 365, and `custom` for any other pair of addresses. */
export type CloudName = 'global' | 'usGovL4' | 'usGovL5' | 'china' | 'custom';

/** One of Microsoft's clouds, and where its services are. */
export interface Cloud {
	/** For people. */
	name: string;
	/** Origin of the authority that issues tokens. */
	authorityUrl: string;
	/** Origin of Microsoft Graph; the token's scope is this and `/.default`. */
	graphUrl: string;
	/** Whether the message delta query is part of Graph v1.0 there. */
	delta: boolean;
}

/** learn.microsoft.com/graph/deployments; delta: availability table of message: delta. */
export const CLOUDS: Readonly<Record<Exclude<CloudName, 'custom'>, Cloud>> = {
	global: {
		name: 'Microsoft 365 (global, GCC)',
		authorityUrl: 'https://login.microsoftonline.com',
		graphUrl: 'https://graph.microsoft.com',
		delta: true,
	},
	usGovL4: {
		name: 'US Government L4 (GCC High)',
		authorityUrl: 'https://login.microsoftonline.us',
		graphUrl: 'https://graph.microsoft.us',
		delta: true,
	},
	usGovL5: {
		name: 'US Government L5 (DoD)',
		authorityUrl: 'https://login.microsoftonline.us',
		graphUrl: 'https://dod-graph.microsoft.us',
		delta: true,
	},
	china: {
		name: 'China (21Vianet)',
		authorityUrl: 'https://login.partner.microsoftonline.cn',
		graphUrl: 'https://microsoftgraph.chinacloudapi.cn',
		delta: false,
	},
};

/** Which cloud an application signs in to. */
export interface CloudChoice {
	/** Default `global`. */
	cloud?: CloudName | undefined;
	/** With `custom`: https origin of the authority. */
	authorityUrl?: string | undefined;
	/** With `custom`: https origin of Graph. */
	graphUrl?: string | undefined;
}

/**
 * The two addresses of a cloud.
 *
 * @throws MicrosoftError `MICROSOFT_CONFIGURATION`
 */
export function cloudOf(choice: CloudChoice): Cloud {
	const { cloud = 'global' } = choice;
	if (cloud !== 'custom') return CLOUDS[cloud];
	return {
		name: 'custom cloud',
		authorityUrl: originOf(choice.authorityUrl, 'authority URL', CLOUDS.global.authorityUrl),
		graphUrl: originOf(choice.graphUrl, 'Graph URL', CLOUDS.global.graphUrl),
		delta: true,
	};
}

/** True for hosts whose metadata MSAL carries; any other has to be declared to it as known. */
export function isMicrosoftAuthority(authorityUrl: string): boolean {
	return Object.values(CLOUDS).some((cloud) => cloud.authorityUrl === authorityUrl);
}

function originOf(text: string | undefined, what: string, example: string): string {
	let url: URL | undefined;
	try {
		url = new URL(withScheme(text ?? ''));
	} catch {
		url = undefined;
	}
	// MSAL refuses http authorities, and a token must not travel in the clear.
	if (
		url?.protocol !== 'https:' ||
		url.username !== '' ||
		url.password !== '' ||
		url.pathname.length > 1 ||
		url.search !== ''
	) {
		throw new MicrosoftError('MICROSOFT_CONFIGURATION', `The ${what} of the custom cloud is not valid`, {
			hint: `Write it as ${example}, with https and without a path.`,
		});
	}
	return url.origin;
}
