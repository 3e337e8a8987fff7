// By what messages of one campaign are alike.
export { campaignKeys, campaignLabels, textDistance, type CampaignKeys } from './campaign';
