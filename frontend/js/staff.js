// Staff pages use all that public pages use; their own tools are added here as they come.
import "./public.js"
