// The OpenTelemetry SDK's own logs over gRPC: `node otel_grpc.mjs URL COUNT`.
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';

const [url, count] = process.argv.slice(2);
const SEVERITIES = [
  ['DEBUG', SeverityNumber.DEBUG],
  ['INFO', SeverityNumber.INFO],
  ['WARN', SeverityNumber.WARN],
  ['ERROR', SeverityNumber.ERROR],
];

const exporter = new OTLPLogExporter({ url, compression: 'gzip' });
// Several calls one behind the other, over one connection.
const processor = new BatchLogRecordProcessor({ exporter, maxExportBatchSize: 16 });
const provider = new LoggerProvider({
  resource: resourceFromAttributes({ 'service.name': 'grpc-shop' }),
  processors: [processor],
});
const logger = provider.getLogger('checkout');
for (let n = 0; n < Number(count); n += 1) {
  const [severityText, severityNumber] = SEVERITIES[n % 4];
  logger.emit({
    severityNumber,
    severityText,
    body: `shipped ${n}`,
    timestamp: new Date(Date.UTC(2026, 10, 21, 10, 15, n % 60, 250)),
    attributes: { n },
  });
}
await provider.forceFlush();
await provider.shutdown();
