package form

// Forms are the requests of one product.
type Forms struct {
	Package    string // proto package, as refusals name it
	Generate   *Message
	Count      *Message
	Embed      *Message
	BatchEmbed *Message // Gemini API only
	Predict    *Message // Vertex AI only
}

// Google returns the forms of the Gemini API (generativelanguage v1beta) or of
// Vertex AI (aiplatform v1beta1), as of their definitions of 2026-10 and of
// genai v1.77.0. A field that only the other product has is not in them, so it
// is refused as any unknown name is. Members of built-in tools and of speech,
// which the emulators refuse as a whole, are taken as they come.
func Google(vertex bool) Forms {
	b := builder{vertex: vertex}
	f := Forms{Package: "google.ai.generativelanguage.v1beta"}
	if vertex {
		f.Package = "google.cloud.aiplatform.v1beta1"
	}
	content := b.content()
	schema := b.schema()
	tool, toolConfig := b.tool(schema), b.toolConfig()
	f.Generate = b.generate(content, tool, toolConfig, schema)
	f.Embed = b.embed(content)
	if vertex {
		f.Count = newMessage("CountTokensRequest", scalar("model", text), list("contents", content), list("tools", tool),
			one("system_instruction", content), one("generation_config", b.generationConfig(schema)),
			field{name: "instances", kind: value, repeated: true})
		f.Predict = b.predict()
		return f
	}
	f.Count = newMessage("CountTokensRequest", scalar("model", text), list("contents", content), one("generate_content_request", f.Generate))
	f.BatchEmbed = newMessage("BatchEmbedContentsRequest", scalar("model", text), list("requests", f.Embed))
	return f
}

// builder makes the messages of one product.
type builder struct{ vertex bool }

func scalar(name string, k kind) field { return field{name: name, kind: k} }

func texts(name string) field { return field{name: name, kind: text, repeated: true} }

func one(name string, of *Message) field { return field{name: name, kind: message, of: of} }

func list(name string, of *Message) field {
	return field{name: name, kind: message, of: of, repeated: true}
}

func words(name, enumName string, all ...string) field {
	return field{name: name, kind: enum, enum: enumName, words: all}
}

// in puts fields into a oneof.
func in(oneof string, fields ...field) []field {
	for i := range fields {
		fields[i].oneof = oneof
	}
	return fields
}

// only adds fields to a message of one product.
func (b builder) only(vertex bool, m *Message, fields ...field) {
	if b.vertex == vertex {
		m.add(fields...)
	}
}

func (b builder) content() *Message {
	blob := newMessage("Blob", scalar("mime_type", text), scalar("data", base64Bytes))
	file := newMessage("FileData", scalar("mime_type", text), scalar("file_uri", text))
	call := newMessage("FunctionCall", scalar("id", text), scalar("name", text), scalar("args", object))
	response := newMessage("FunctionResponse", scalar("id", text), scalar("name", text), scalar("response", object),
		list("parts", newMessage("FunctionResponsePart", in("data", one("inline_data", blob), one("file_data", file))...)),
		words("scheduling", "FunctionResponse.Scheduling", "SCHEDULING_UNSPECIFIED", "SILENT", "WHEN_IDLE", "INTERRUPT"))
	part := newMessage("Part", in("data",
		scalar("text", text), one("inline_data", blob), one("file_data", file), one("function_call", call), one("function_response", response),
		one("executable_code", newMessage("ExecutableCode", scalar("id", text), scalar("language", text), scalar("code", text))),
		one("code_execution_result", newMessage("CodeExecutionResult", scalar("id", text), scalar("outcome", text), scalar("output", text))),
	)...)
	part.add(scalar("thought", flag), scalar("thought_signature", base64Bytes),
		one("video_metadata", newMessage("VideoMetadata", scalar("start_offset", duration), scalar("end_offset", duration), scalar("fps", number))),
		one("media_resolution", newMessage("MediaResolution", words("level", "MediaResolution.Level", "MEDIA_RESOLUTION_UNSPECIFIED",
			"MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH", "MEDIA_RESOLUTION_ULTRA_HIGH"))))
	b.only(false, part, scalar("part_metadata", object))
	b.only(false, part, in("data", scalar("tool_call", object), scalar("tool_response", object))...)
	b.only(false, response, scalar("will_continue", flag))
	b.only(true, call, field{name: "partial_args", kind: object, repeated: true}, scalar("will_continue", flag))
	b.only(true, blob, scalar("display_name", text))
	b.only(true, file, scalar("display_name", text))
	return newMessage("Content", scalar("role", text), list("parts", part))
}

func (b builder) schema() *Message {
	s := newMessage("Schema",
		words("type", "Type", "TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"),
		scalar("format", text), scalar("title", text), scalar("description", text), scalar("nullable", flag), texts("enum"),
		scalar("max_items", long), scalar("min_items", long), texts("required"), scalar("min_properties", long), scalar("max_properties", long),
		scalar("minimum", number), scalar("maximum", number), scalar("min_length", long), scalar("max_length", long),
		scalar("pattern", text), scalar("example", value), texts("property_ordering"), scalar("default", value))
	s.add(one("items", s), field{name: "properties", kind: mapOf, of: s}, list("any_of", s))
	b.only(true, s, scalar("additional_properties", value), scalar("ref", text), field{name: "defs", kind: mapOf, of: s})
	return s
}

func (b builder) tool(schema *Message) *Message {
	declaration := newMessage("FunctionDeclaration", scalar("name", text), scalar("description", text),
		one("parameters", schema), scalar("parameters_json_schema", value), one("response", schema), scalar("response_json_schema", value),
		words("behavior", "FunctionDeclaration.Behavior", "UNSPECIFIED", "BLOCKING", "NON_BLOCKING"))
	m := newMessage("Tool", list("function_declarations", declaration))
	for _, name := range []string{"google_search", "google_search_retrieval", "code_execution", "url_context", "google_maps", "computer_use"} {
		m.add(scalar(name, object))
	}
	b.only(false, m, scalar("file_search", object), field{name: "mcp_servers", kind: object, repeated: true})
	b.only(true, m, scalar("retrieval", object), scalar("enterprise_web_search", object), scalar("parallel_ai_search", object), scalar("exa_ai_search", object))
	return m
}

func (b builder) toolConfig() *Message {
	calling := newMessage("FunctionCallingConfig",
		words("mode", "FunctionCallingConfig.Mode", "MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"), texts("allowed_function_names"))
	b.only(true, calling, scalar("stream_function_call_arguments", flag))
	m := newMessage("ToolConfig", one("function_calling_config", calling), scalar("retrieval_config", object))
	b.only(false, m, scalar("include_server_side_tool_invocations", flag))
	return m
}

func (b builder) generationConfig(schema *Message) *Message {
	thinking := newMessage("ThinkingConfig", scalar("include_thoughts", flag), scalar("thinking_budget", whole),
		words("thinking_level", "ThinkingConfig.ThinkingLevel", "THINKING_LEVEL_UNSPECIFIED", "LOW", "MEDIUM", "HIGH", "MINIMAL"))
	m := newMessage("GenerationConfig",
		scalar("candidate_count", whole), texts("stop_sequences"), scalar("max_output_tokens", whole),
		scalar("temperature", number), scalar("top_p", number), scalar("top_k", number), scalar("seed", whole),
		scalar("response_mime_type", text), one("response_schema", schema), scalar("response_json_schema", value),
		scalar("presence_penalty", number), scalar("frequency_penalty", number), scalar("response_logprobs", flag), scalar("logprobs", whole),
		field{name: "response_modalities", kind: enum, enum: "GenerationConfig.Modality", repeated: true, words: []string{"MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO", "VIDEO"}},
		scalar("speech_config", object), one("thinking_config", thinking), scalar("image_config", object),
		words("media_resolution", "GenerationConfig.MediaResolution", "MEDIA_RESOLUTION_UNSPECIFIED", "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH"),
		field{name: "response_format", kind: object, repeated: true}, scalar("translation_config", object))
	b.only(false, m, scalar("enable_enhanced_civic_answers", flag))
	b.only(true, m, scalar("audio_timestamp", flag), scalar("routing_config", object), scalar("model_selection_config", object))
	return m
}

func (b builder) generate(content, tool, toolConfig, schema *Message) *Message {
	safety := newMessage("SafetySetting",
		words("category", "HarmCategory", "HARM_CATEGORY_UNSPECIFIED", "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH",
			"HARM_CATEGORY_SEXUALLY_EXPLICIT", "HARM_CATEGORY_DANGEROUS_CONTENT", "HARM_CATEGORY_CIVIC_INTEGRITY", "HARM_CATEGORY_JAILBREAK",
			"HARM_CATEGORY_IMAGE_HATE", "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT", "HARM_CATEGORY_IMAGE_HARASSMENT", "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT"),
		words("threshold", "SafetySetting.HarmBlockThreshold", "HARM_BLOCK_THRESHOLD_UNSPECIFIED", "BLOCK_LOW_AND_ABOVE",
			"BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"))
	b.only(true, safety, words("method", "SafetySetting.HarmBlockMethod", "HARM_BLOCK_METHOD_UNSPECIFIED", "SEVERITY", "PROBABILITY"))
	m := newMessage("GenerateContentRequest", scalar("model", text), list("contents", content), one("system_instruction", content),
		list("tools", tool), one("tool_config", toolConfig), list("safety_settings", safety),
		one("generation_config", b.generationConfig(schema)), scalar("cached_content", text))
	b.only(false, m, words("service_tier", "ServiceTier", "UNSPECIFIED", "STANDARD", "FLEX", "PRIORITY"), scalar("store", flag))
	b.only(true, m, scalar("labels", textMap), scalar("model_armor_config", object), scalar("output_config", object), scalar("continuation_token", base64Bytes))
	return m
}

func taskType() field {
	return words("task_type", "TaskType", "TASK_TYPE_UNSPECIFIED", "RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT", "SEMANTIC_SIMILARITY",
		"CLASSIFICATION", "CLUSTERING", "QUESTION_ANSWERING", "FACT_VERIFICATION", "CODE_RETRIEVAL_QUERY")
}

func (b builder) embed(content *Message) *Message {
	m := newMessage("EmbedContentRequest", scalar("model", text), one("content", content), taskType(), scalar("title", text), scalar("output_dimensionality", whole))
	config := newMessage("EmbedContentConfig", taskType(), scalar("title", text), scalar("output_dimensionality", whole),
		scalar("auto_truncate", flag), scalar("document_ocr", flag), scalar("audio_track_extraction", flag))
	b.only(true, m, scalar("auto_truncate", flag), one("embed_content_config", config))
	return m
}

func (b builder) predict() *Message {
	instance := newMessage("TextEmbeddingInstance", scalar("content", text), taskType(), scalar("title", text), scalar("mime_type", text))
	parameters := newMessage("TextEmbeddingParameters", scalar("output_dimensionality", whole), scalar("auto_truncate", flag))
	return newMessage("PredictRequest", list("instances", instance), one("parameters", parameters))
}
