// Numbered lines of the OpenTelemetry SDK's own logs, through whichever exporter.
import { SeverityNumber } from '@opentelemetry/api-logs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';

const SEVERITIES = [
  ['DEBUG', SeverityNumber.DEBUG],
  ['INFO', SeverityNumber.INFO],
  ['WARN', SeverityNumber.WARN],
  ['ERROR', SeverityNumber.ERROR],
];

/** Sends `count` lines of a service, in batches as `options` say, and waits until they are there. */
export async function send(service, count, options) {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'deployment.environment': 'dev' }),
    processors: [new BatchLogRecordProcessor(options)],
  });
  const logger = provider.getLogger('checkout', '1.2.3');
  for (let n = 0; n < count; n += 1) {
    const [severityText, severityNumber] = SEVERITIES[n % 4];
    logger.emit({
      severityNumber,
      severityText,
      body: `shipped ${n}`,
      timestamp: new Date(Date.UTC(2026, 10, 21, 10, 15, n % 60, 250)),
      attributes: { n, nested: { odd: n % 2 === 1 } },
    });
  }
  await provider.forceFlush();
  await provider.shutdown();
}
