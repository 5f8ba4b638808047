// The OpenTelemetry SDK's own logs over http/protobuf: `node otel.mjs URL COUNT`.
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';

const [url, count] = process.argv.slice(2);
const SEVERITIES = [
  ['DEBUG', SeverityNumber.DEBUG],
  ['INFO', SeverityNumber.INFO],
  ['WARN', SeverityNumber.WARN],
  ['ERROR', SeverityNumber.ERROR],
];

const exporter = new OTLPLogExporter({ url: `${url}/v1/logs`, compression: 'gzip' });
const provider = new LoggerProvider({
  resource: resourceFromAttributes({ 'service.name': 'otel-shop', 'deployment.environment': 'dev' }),
  processors: [new BatchLogRecordProcessor({ exporter })],
});
const logger = provider.getLogger('checkout', '1.2.3');
for (let n = 0; n < Number(count); n += 1) {
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
